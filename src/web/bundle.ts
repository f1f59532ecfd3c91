/** How every page is bundled. */
export const bundle = {
  target: 'browser',
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  jsx: { runtime: 'automatic', importSource: 'preact', development: false },
} as const
