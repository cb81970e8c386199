// Bundles the renderer: node build.mjs SOURCES BUNDLE, with the libraries in the working directory.
import { build } from 'esbuild';
import path from 'node:path';

const [sources, bundle] = process.argv.slice(2);
const modules = path.resolve('node_modules');

// Grafana's editor of queries comes along with its components and is most of the bundle; no panel has one.
const withoutEditors = {
  name: 'without-editors',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(@monaco-editor|monaco-editor|react-monaco-editor)/ }, () => ({ path: 'editor', namespace: 'nothing' }));
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {};' }));
  },
};

await build({
  entryPoints: [path.join(sources, 'main.tsx')],
  outfile: bundle,
  bundle: true,
  format: 'iife',
  jsx: 'automatic',
  minify: true,
  nodePaths: [modules],
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl' },
  plugins: [withoutEditors],
  logLevel: 'error',
});
