import { type Chance, chanceOf } from './chance.ts'
import { formLayouts } from './form-layouts.ts'
import type { Drawing, Layout } from './layout.ts'
import { paperLayouts } from './paper-layouts.ts'
import { screenLayouts } from './screen-layouts.ts'

/** A generated picture of a receipt, a screen, or something else. */
export interface Picture {
  name: string
  layout: string
  bytes: Uint8Array
  /** What was paid, in fen. Null when the picture shows no payment. */
  paid: number | null
}

const layouts: Readonly<Record<string, Layout>> = { ...paperLayouts, ...formLayouts, ...screenLayouts }

/**
 * Draws `each` pictures of every layout in Chromium, as phones take them: tilted, in perspective, dark, blurred, noisy,
 * turned, and saved as JPEG of poor quality. The same numbers give the same pictures on a machine with the same fonts.
 */
export async function* drawPictures(each: number): AsyncGenerator<Picture> {
  const path = Bun.which('chromium') ?? Bun.which('chromium-browser') ?? Bun.which('google-chrome')
  if (!path) throw new Error('the pictures are drawn in Chromium: apt-get install chromium fonts-noto-cjk')
  const view = new Bun.WebView({
    backend: { type: 'chrome', path, url: false, argv: ['--no-sandbox', '--disable-gpu'] },
    width: 1_400,
    height: 1_800,
  })
  try {
    await view.navigate('data:text/html,')
    for (const [index, [layout, draw]] of Object.entries(layouts).entries()) {
      for (let nth = 0; nth < each; nth++) {
        const chance = chanceOf(1_000 * (index + 1) + nth)
        const drawing = draw(chance)
        const bytes = await capture(view, drawing, chance)
        yield { name: `${layout}-${nth}.jpg`, layout, bytes, paid: drawing.paid }
      }
    }
  } finally {
    view.close()
  }
}

async function capture(view: Bun.WebView, drawing: Drawing, chance: Chance): Promise<Uint8Array> {
  const isPaper = drawing.material === 'paper'
  const page = isPaper ? photoOf(drawing, chance) : screenOf(drawing)
  await view.navigate(`data:text/html;charset=utf-8,${encodeURIComponent(page)}`)
  const height = isPaper ? await view.evaluate<number>(`document.querySelector('.paper').offsetHeight`) : screenHeight
  const margin = isPaper ? 2 * table_px : 0
  const size = { width: drawing.width + margin, height: height + margin }
  await view.cdp('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1.4, mobile: false })
  const quality = isPaper ? chance.int(45, 85) : chance.int(60, 92)
  const shot = await view.screenshot({ encoding: 'buffer', format: 'jpeg', quality })
  const turn = isPaper && chance.happens(15) ? chance.of([90, 180, 270] as const) : 0
  return turn === 0 ? shot : new Bun.Image(shot).rotate(turn).jpeg({ quality }).bytes()
}

const screenHeight = 1_500
/** So much of the table is seen around a paper. */
const table_px = 120

const fonts = `"Noto Sans CJK SC","WenQuanYi Zen Hei",sans-serif`
const common = `*{box-sizing:border-box}table{font-size:inherit;color:inherit}body{margin:0;overflow:hidden;font:28px/1.5 ${fonts}}
  .ends{display:flex;justify-content:space-between;gap:12px}.mono{font-family:"DejaVu Sans Mono"}
  .dots{font-family:"DejaVu Sans Mono";color:#3a2f7a;mask:radial-gradient(circle,#000 58%,#0002 72%) 0 0/4px 4px}`

function screenOf({ html, css = '' }: Drawing): string {
  return `<!doctype html><style>${common}body{font-size:30px}.screen{min-height:100vh;padding:20px 10px}${css}</style><div class="screen">${html}</div>`
}

function photoOf({ html, css = '', width }: Drawing, chance: Chance): string {
  const font = chance.of([fonts, `"Noto Serif CJK SC",serif`, `"WenQuanYi Zen Hei",sans-serif`])
  const table = chance.of(['#6b5a48', '#2e2e33', '#9aa0a6', '#b9a27c', '#41505c'])
  const ink = chance.of(['#111', '#222', '#444', '#6a6a6a'])
  const turn = `perspective(1400px) rotateX(${chance.real(-9, 9)}deg) rotateY(${chance.real(-9, 9)}deg) rotateZ(${chance.real(-6, 6)}deg)`
  const filter = `blur(${chance.real(0, 1.1)}px) brightness(${chance.real(0.6, 1.1)}) contrast(${chance.real(0.7, 1.1)})`
  const [grain, strength] = [chance.real(0.5, 0.9), chance.real(0.05, 0.35)]
  const noise = `<svg style="position:fixed;inset:0;opacity:${strength}" width="100%" height="100%"><filter id="n"><feTurbulence
    type="fractalNoise" baseFrequency="${grain}" numOctaves="2" seed="${chance.int(1, 999)}"/><feColorMatrix type="saturate" values="0.2"/></filter>
    <rect width="100%" height="100%" filter="url(#n)"/></svg>`
  const shade = `<div style="position:fixed;inset:0;background:linear-gradient(${chance.int(0, 359)}deg,#0000 50%,#000${chance.of(['2', '5', '7'])} 100%)"></div>`
  return `<!doctype html><style>${common}body{background:${table};filter:${filter}}.paper{position:absolute;left:${table_px}px;top:${table_px}px;width:${width}px;background:#f3f0e8;
    color:${ink};padding:34px;box-shadow:6px 10px 24px #0009;font-family:${font};transform:${turn}}${css}</style>
    <div class="paper">${html}</div>${shade}${noise}`
}
