// A panel of each type, made of Grafana's components as Grafana's own panels are.
import { useEffect, useState } from 'react';
import {
  type DataFrame,
  dateTime,
  type FieldDisplay,
  FieldType,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  type GrafanaTheme2,
  transformDataFrame,
  VizOrientation,
} from '@grafana/data';
import { BarGauge, BigValue, TimeSeries, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { fieldConfigOf, framesOf, withOptions } from './fields';
import type { Page, Panel } from './page';

interface Props {
  panel: Panel;
  page: Page;
  theme: GrafanaTheme2;
  width: number;
  height: number;
}

export function Content({ panel, page, theme, width, height }: Props) {
  const [frames, setFrames] = useState<DataFrame[] | null>(null);
  useEffect(() => {
    const raw = framesOf(panel, page);
    if (!panel.transformations?.length) {
      setFrames(withOptions(raw, panel, theme));
      return;
    }
    const subscription = transformDataFrame(panel.transformations as never, raw).subscribe((found) =>
      setFrames(withOptions(found, panel, theme)));
    return () => subscription.unsubscribe();
  }, []);
  if (frames === null) {
    return <div data-waiting />;
  }
  const known = frames.some(({ fields }) => fields.some(({ type, values }) => type === FieldType.number && values.some((value) => value !== null)));
  if (!known) {
    return <Nothing panel={panel} theme={theme} height={height} />;
  }
  const draw = DRAWN[panel.type];
  if (!draw) {
    throw new Error(`nothing draws panels of type ${panel.type}`);
  }
  return draw({ panel, page, theme, width, height, frames });
}

function Nothing({ panel, theme, height }: { panel: Panel; theme: GrafanaTheme2; height: number }) {
  const style = { height, display: 'flex', alignItems: 'center', justifyContent: 'center', color: theme.colors.text.secondary };
  return <div data-empty style={style}>{panel.fieldConfig.defaults.noValue ?? 'No data'}</div>;
}

type Drawn = Props & { frames: DataFrame[] };

function displays({ panel, theme, frames }: Drawn): FieldDisplay[] {
  return getFieldDisplayValues({
    fieldConfig: fieldConfigOf(panel) as never,
    reduceOptions: panel.options.reduceOptions,
    replaceVariables: (text: string) => text,
    theme,
    data: frames,
    timeZone: 'utc',
  });
}

function Stat(props: Drawn) {
  const { panel, theme, width, height, frames } = props;
  const { orientation, colorMode, graphMode, textMode, justifyMode } = panel.options;
  return (
    <VizRepeater
      getValues={() => displays(props)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, count, alignmentFactors }: any) => (
        <BigValue
          value={value.display}
          count={count}
          width={width}
          height={height}
          theme={theme}
          colorMode={colorMode}
          graphMode={graphMode}
          textMode={textMode}
          justifyMode={justifyMode ?? 'auto'}
          alignmentFactors={alignmentFactors}
        />
      )}
      width={width}
      height={height}
      source={frames}
      itemSpacing={3}
      renderCounter={0}
      autoGrid
      orientation={orientation ?? VizOrientation.Auto}
    />
  );
}

function Bars(props: Drawn) {
  const { panel, theme, width, height, frames } = props;
  const { orientation, displayMode, valueMode, namePlacement, showUnfilled } = panel.options;
  return (
    <VizRepeater
      getValues={() => displays(props)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, orientation, alignmentFactors }: any) => (
        <BarGauge
          value={value.display}
          field={value.field}
          display={value.view?.getFieldDisplayProcessor(value.colIndex)}
          text={panel.options.text}
          width={width}
          height={height}
          orientation={orientation}
          theme={theme}
          itemSpacing={10}
          lcdCellWidth={12}
          displayMode={displayMode}
          showUnfilled={showUnfilled}
          valueDisplayMode={valueMode}
          namePlacement={namePlacement}
          alignmentFactors={alignmentFactors}
          isOverflow={false}
        />
      )}
      width={width}
      height={height}
      source={frames}
      itemSpacing={10}
      renderCounter={0}
      minVizWidth={8}
      minVizHeight={16}
      maxVizHeight={300}
      orientation={orientation}
    />
  );
}

function Lines({ panel, page, theme, width, height, frames }: Drawn) {
  const timeRange = { from: dateTime(page.from * 1000), to: dateTime(page.to * 1000), raw: { from: 'now', to: 'now' } };
  return (
    <TimeSeries
      frames={frames}
      structureRev={1}
      timeRange={timeRange as never}
      timeZone="utc"
      width={width}
      height={height}
      legend={panel.options.legend}
      options={panel.options}
    />
  );
}

function Rows({ panel, theme, width, height, frames }: Drawn) {
  return (
    <TableNG
      data={frames[0]}
      width={width}
      height={height}
      initialSortBy={panel.options.sortBy}
      fieldConfig={fieldConfigOf(panel) as never}
      structureRev={1}
      enableVirtualization={false}
      transparent={false}
    />
  );
}

const DRAWN: Record<string, (props: Drawn) => JSX.Element> = {
  stat: (props) => <Stat {...props} />,
  bargauge: (props) => <Bars {...props} />,
  timeseries: (props) => <Lines {...props} />,
  table: (props) => <Rows {...props} />,
};
