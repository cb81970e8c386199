// What the page is given: a dashboard, and what Prometheus answered to the queries of its panels.
export interface Series {
  metric: Record<string, string>;
  values: Array<[number, string]>;
}

export interface Target {
  refId: string;
  format: string;
  legendFormat: string;
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: Target[];
  fieldConfig: { defaults: Record<string, any>; overrides: unknown[] };
  options: Record<string, any>;
  transformations?: Array<{ id: string; options: unknown }>;
}

export interface Page {
  dashboard: { title: string; panels: Panel[]; links: Array<{ title: string; type: string }> };
  choices: Array<{ label: string; value: string }>;
  dashboards: string[];
  answers: Record<string, Record<string, Series[]>>;
  from: number;
  to: number;
  step: number;
  theme: 'light' | 'dark';
  width: number;
}
