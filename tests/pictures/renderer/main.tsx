// A dashboard as a page: what its reader may choose, then its panels at their places on the grid.
import { Component, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { createTheme, type GrafanaTheme2, ThemeContext } from '@grafana/data';
import { GlobalStyles, PanelChrome } from '@grafana/ui';
import { Content } from './panels';
import type { Page, Panel } from './page';

const COLUMNS = 24;
const CELL = 30;
const GAP = 8;
const EDGE = 16;

declare global {
  interface Window {
    page: Page;
    faults: string[];
  }
}
window.faults = [];

class Watched extends Component<{ title: string; children: ReactNode }, { failed: boolean }> {
  state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  componentDidCatch(error: Error) {
    window.faults.push(`${this.props.title}: ${error.message}`);
  }

  render() {
    return this.state.failed ? <div>failed</div> : this.props.children;
  }
}

function Place({ panel, page, theme }: { panel: Panel; page: Page; theme: GrafanaTheme2 }) {
  const column = (page.width - 2 * EDGE + GAP) / COLUMNS;
  const { x, y, w, h } = panel.gridPos;
  const width = Math.floor(w * column - GAP);
  const height = h * (CELL + GAP) - GAP;
  const style = { position: 'absolute', left: Math.floor(x * column), top: y * (CELL + GAP), width, height } as const;
  if (panel.type === 'row') {
    return <div style={{ ...style, ...theme.typography.h5, lineHeight: `${height}px` }}>⌄ {panel.title}</div>;
  }
  return (
    <div style={style} data-panel={panel.title}>
      <Watched title={panel.title}>
        <PanelChrome title={panel.title} description={panel.description} width={width} height={height}>
          {(innerWidth, innerHeight) => <Content panel={panel} page={page} theme={theme} width={innerWidth} height={innerHeight} />}
        </PanelChrome>
      </Watched>
    </div>
  );
}

function Head({ page, theme }: { page: Page; theme: GrafanaTheme2 }) {
  const boxed = {
    display: 'inline-block', padding: '3px 8px', marginRight: 8, whiteSpace: 'nowrap',
    border: `1px solid ${theme.colors.border.medium}`, borderRadius: 2, background: theme.colors.background.primary,
  } as const;
  const span = (page.to - page.from) / 3600;
  const time = span % 24 ? `Last ${span} hours` : span === 24 ? 'Last 24 hours' : `Last ${span / 24} days`;
  return (
    <div style={{ padding: `12px 0`, fontSize: theme.typography.bodySmall.fontSize }}>
      <div style={{ display: 'flex', justifyContent: 'space-between', marginBottom: 10 }}>
        <span style={theme.typography.h4}>{page.dashboard.title}</span>
        <span style={boxed}>{time}</span>
      </div>
      {page.choices.map(({ label, value }) => (
        <span key={label} style={boxed}>
          <span style={{ color: theme.colors.text.secondary }}>{label}</span>&ensp;{value}
        </span>
      ))}
    </div>
  );
}

function Dashboard({ page, theme }: { page: Page; theme: GrafanaTheme2 }) {
  const rows = Math.max(...page.dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div id="dashboard" style={{ width: page.width, padding: `0 ${EDGE}px ${EDGE - GAP}px`, background: theme.colors.background.canvas }}>
        <Head page={page} theme={theme} />
        <div style={{ position: 'relative', height: rows * (CELL + GAP) }}>
          {page.dashboard.panels.map((panel) => <Place key={panel.id} panel={panel} page={page} theme={theme} />)}
        </div>
      </div>
    </ThemeContext.Provider>
  );
}

const page = window.page;
const theme = createTheme({ colors: { mode: page.theme } });
createRoot(document.getElementById('root')!).render(<Dashboard page={page} theme={theme} />);
