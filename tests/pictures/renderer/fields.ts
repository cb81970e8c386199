// What Grafana's server registers and its libraries leave out: how the options of fields are applied, and what
// Prometheus' answers are as data frames.
import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  type DataFrame,
  type Field,
  FieldConfigOptionsRegistry,
  FieldType,
  type GrafanaTheme2,
  identityOverrideProcessor,
  standardTransformers,
  standardTransformersRegistry,
} from '@grafana/data';
import type { Page, Panel, Series } from './page';

const STANDARD = ['unit', 'min', 'max', 'decimals', 'displayName', 'noValue', 'color', 'thresholds', 'mappings', 'filterable'];
const CUSTOM = [
  'align', 'cellOptions', 'inspect', 'minWidth', 'width',
  'drawStyle', 'lineWidth', 'fillOpacity', 'showPoints', 'stacking', 'lineStyle', 'axisSoftMin', 'axisSoftMax',
  'thresholdsStyle', 'axisLabel', 'axisPlacement', 'gradientMode', 'lineInterpolation', 'spanNulls', 'hideFrom',
];
const DEFAULTS: Record<string, object> = {
  timeseries: {
    drawStyle: 'line', lineWidth: 1, fillOpacity: 0, pointSize: 5, showPoints: 'auto', barAlignment: 0,
    barWidthFactor: 0.6, axisPlacement: 'auto', axisBorderShow: false, spanNulls: false,
    stacking: { mode: 'none', group: 'A' }, scaleDistribution: { type: 'linear' }, hideFrom: {},
  },
  table: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false },
};

standardTransformersRegistry.setInit(() =>
  [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer].map((transformation) => ({
    id: transformation.id,
    transformation,
    name: transformation.name,
    editor: () => null,
    imageDark: '',
    imageLight: '',
  }) as never),
);

function registry(): FieldConfigOptionsRegistry {
  const item = (name: string, isCustom: boolean) => ({
    id: isCustom ? `custom.${name}` : name,
    path: name,
    name,
    isCustom,
    editor: () => null,
    override: () => null,
    process: identityOverrideProcessor,
    shouldApply: () => true,
    settings: {},
  });
  return new FieldConfigOptionsRegistry(() =>
    [...STANDARD.map((name) => item(name, false)), ...CUSTOM.map((name) => item(name, true))] as never);
}

export function fieldConfigOf(panel: Panel) {
  const { defaults, overrides } = panel.fieldConfig;
  const custom = { ...DEFAULTS[panel.type], ...defaults.custom };
  if (custom.stacking) {
    custom.stacking = { group: 'A', ...custom.stacking };
  }
  return { defaults: { ...defaults, custom }, overrides: overrides ?? [] };
}

export function withOptions(frames: DataFrame[], panel: Panel, theme: GrafanaTheme2): DataFrame[] {
  const found = applyFieldOverrides({
    data: frames,
    fieldConfig: fieldConfigOf(panel) as never,
    fieldConfigRegistry: registry(),
    replaceVariables: (text: string) => text,
    theme,
    timeZone: 'utc',
  });
  cacheFieldDisplayNames(found);
  return found;
}

function legend(format: string, labels: Record<string, string>): string {
  return format.replace(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '');
}

function number(text: string): number | null {
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
}

// A step without a sample is a gap, not a line from the one before to the one after.
function onGrid(values: Series['values'], page: Page): Array<number | null> {
  const known = new Map(values.map(([at, text]) => [Math.round(at), number(text)]));
  return times(page).map((at) => known.get(at) ?? null);
}

function times({ from, to, step }: Page): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, place) => from + place * step);
}

export function framesOf(panel: Panel, page: Page): DataFrame[] {
  const answers = page.answers[panel.id];
  const table = panel.targets.some((target) => target.format === 'table');
  return panel.targets.flatMap((target) => {
    const series = answers[target.refId];
    if (table) {
      return series.length ? [tableOf(series, target.refId, panel.targets.length > 1)] : [];
    }
    const grid = panel.type === 'timeseries';
    return series.map(({ metric, values }) => {
      const at = grid ? times(page) : values.map(([moment]) => moment);
      const time: Field = { name: 'Time', type: FieldType.time, config: { interval: page.step * 1000 }, values: at.map((moment) => moment * 1000) };
      const value: Field = {
        name: 'Value',
        type: FieldType.number,
        config: { displayNameFromDS: legend(target.legendFormat, metric) },
        labels: metric,
        values: grid ? onGrid(values, page) : values.map(([, text]) => number(text)),
      };
      return { refId: target.refId, fields: [time, value], length: at.length };
    });
  });
}

function tableOf(series: Series[], refId: string, several: boolean): DataFrame {
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].filter((label) => label !== '__name__').sort();
  const last = series.map(({ values }) => values[values.length - 1]);
  const fields: Field[] = [
    { name: 'Time', type: FieldType.time, config: {}, values: last.map(([at]) => at * 1000) },
    ...labels.map((label) => ({ name: label, type: FieldType.string, config: {}, values: series.map(({ metric }) => metric[label] ?? '') })),
    { name: several ? `Value #${refId}` : 'Value', type: FieldType.number, config: {}, values: last.map(([, text]) => number(text)) },
  ];
  return { refId, fields, length: series.length };
}
