import uPlot from 'uplot'
import type { Plotted } from './plotted.ts'

const height_px = 190

export interface Plot {
  show(plotted: Plotted): void
  remove(): void
}

/** Draws lines by day into `place`, as wide as that is, in the colours of the theme. */
export function plotInto(place: HTMLElement, plotted: Plotted, onDay: (index: number | null) => void): Plot {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  let shown = plotted
  let plot = draw(place, shown, onDay)
  const drawAgain = () => {
    plot.destroy()
    plot = draw(place, shown, onDay)
  }
  const watcher = new ResizeObserver(() => {
    if (place.clientWidth !== plot.width) plot.setSize({ width: place.clientWidth, height: height_px })
  })
  watcher.observe(place)
  dark.addEventListener('change', drawAgain)
  return {
    show(next) {
      const isSameShape = next.days.length === shown.days.length
      shown = next
      if (isSameShape) plot.setData(dataOf(next))
      else drawAgain()
    },
    remove() {
      watcher.disconnect()
      dark.removeEventListener('change', drawAgain)
      plot.destroy()
    },
  }
}

function draw(place: HTMLElement, plotted: Plotted, onDay: (index: number | null) => void): uPlot {
  const styles = getComputedStyle(place)
  const colour = (name: string) => styles.getPropertyValue(`--${name}`).trim()
  const axis = { stroke: colour('soft'), font: `12px ${styles.fontFamily}`, ticks: { show: false } }
  const { days, lines, write } = plotted
  const options: uPlot.Options = {
    ...{ width: place.clientWidth, height: height_px, padding: [12, 16, 0, 0] },
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: false }, y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 48,
        incrs: [1, 2, 5, 7, 14],
        values: (_, ticks) => ticks.map((tick) => days[tick]?.slice(5).replace('-', '/') ?? ''),
      },
      {
        ...axis,
        grid: { stroke: colour('line'), width: 1 },
        size: (_, values) => 16 + 7 * Math.max(2, ...(values ?? []).map((text) => text.length)),
        values: (_, ticks) => ticks.map((tick) => (plotted.isWhole && !Number.isInteger(tick) ? '' : write(tick))),
      },
    ],
    series: [
      {},
      ...lines.map(({ color }) => ({
        stroke: colour(color),
        width: 2,
        points: { size: 6, fill: colour('card') },
        ...(lines.length === 1 ? { fill: `color-mix(in srgb, ${colour(color)} 14%, transparent)` } : {}),
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onDay(cursor.idx ?? null)] },
  }
  return new uPlot(options, dataOf(plotted), place)
}

function dataOf({ days, lines }: Plotted): uPlot.AlignedData {
  return [days.map((_, index) => index), ...lines.map(({ values }) => [...values])]
}
