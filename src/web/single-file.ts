import { html, raw } from 'hono/html'
import { bundle } from './bundle.ts'

/** A page in one file, which works from a disk as well, and the content security policy that fits it. */
export interface SingleFile {
  text: string
  policy: string
}

/**
 * Bundles the page that checks draws, with its script and its style inside. Whoever saves it has all of it. Its policy
 * names both by their hashes and allows no connection at all; it stands in the file too, for a disk sends no headers.
 * @throws {AggregateError} when a source has a fault
 */
export async function buildVerifyPage(): Promise<SingleFile> {
  const { outputs } = await Bun.build({
    entrypoints: [`${import.meta.dir}/verify/verify.tsx`],
    ...bundle,
    format: 'iife',
  })
  const textOf = async (end: string) => (await outputs.find(({ path }) => path.endsWith(end))?.text()) ?? ''
  // In the file, nothing of a text may end the element that it stands in.
  const script = (await textOf('.js')).replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
  const style = await textOf('.css')
  const inFile = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
  return { text: documentOf({ script, style, policy: inFile }), policy: `${inFile}; frame-ancestors 'none'` }
}

const hashOf = (text: string) => `sha256-${new Bun.CryptoHasher('sha256').update(text).digest('base64')}`

function documentOf({ script, style, policy }: { script: string; style: string; policy: string }): string {
  return String(html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="description" content="核对抽奖的回执和证明，不联网也能用">
<title>核对一次抽奖</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body><div id="page"></div><noscript>请允许浏览器运行脚本，再打开这个页面。</noscript>
<script>${raw(script)}</script>
</body>
</html>
`)
}
