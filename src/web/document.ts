import { html } from 'hono/html'
import { assetsPath, type PageFiles, type PageName } from './build.ts'

/** What a page is told beside its files. */
export interface PageFacts {
  /** The restaurant's name; empty when nobody set one. */
  shop: string
  /** The code that signs anyone in, in development alone. */
  devCode: string | undefined
  /** Where images come from when that is not the page's own origin. */
  imageOrigin: string | undefined
}

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Ccircle cx='16' cy='16' r='15' fill='%23c8452b'/%3E%3Cpath d='M16 4v24M4 16h24M7.5 7.5l17 17M24.5 7.5l-17 17' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E"

const defaultShop = '积分乐园'

interface PageWords {
  lang: string
  titleOf: (shop: string) => string
  about: string
  noScript: string
}

const chinese = { lang: 'zh-CN', noScript: '请允许浏览器运行脚本，再打开这个页面。' }
const pages: Record<PageName, PageWords> = {
  diner: { ...chinese, titleOf: (shop) => shop, about: '抽奖、兑换、传小票，积分实时到账' },
  console: { ...chinese, titleOf: (shop) => `${shop} · 工作台`, about: '审核小票、核销卡券、管理积分' },
  docs: {
    lang: 'en',
    titleOf: (shop) => `API · ${shop}`,
    about: 'Every call with an example, its refusals, and the frames of the socket',
    noScript: 'This page needs scripts. The same for programs is /api/openapi.json.',
  },
}

/** A page's document. Everything else on the page is made by its script. */
export function documentOf(name: PageName, { script, style, parts }: PageFiles, facts: PageFacts) {
  const shop = facts.shop === '' ? defaultShop : facts.shop
  const { lang, titleOf, about, noScript } = pages[name]
  return String(html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#fbf6ee">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#1b1512">
<meta name="format-detection" content="telephone=no">
<meta name="description" content="${about}">
<meta name="shop" content="${shop}">
${facts.devCode === undefined ? '' : html`<meta name="dev-code" content="${facts.devCode}">`}
<title>${titleOf(shop)}</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${assetsPath}/${style}">
${parts.map((part) => html`<link rel="modulepreload" href="${assetsPath}/${part}">`)}
<script type="module" src="${assetsPath}/${script}"></script>
</head>
<body><div id="page"></div><noscript>${noScript}</noscript></body>
</html>
`)
}

/** The content security policy of the pages: their own files alone, nothing inline, no text that becomes markup. */
export function policyOf(imageOrigin: string | undefined): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob:${imageOrigin === undefined ? '' : ` ${imageOrigin}`}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
}
