import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Plot } from './plot.ts'
import type { Line, Plotted } from './plotted.ts'
import { texts } from './texts.ts'

const words = texts.charts

/** Lines by day. Who can't see them, or wants the exact numbers, has them as a table. */
export function Chart({ title, plotted }: { title: string; plotted: Plotted }) {
  const day = useSignal<number | null>(null)
  const { days, lines, write } = plotted
  const at = day.value
  const shownOf = ({ values, sum }: Line) => {
    if (at === null || at >= days.length) return sum
    const value = values[at]
    return value === null || value === undefined ? '—' : write(value)
  }
  return (
    <figure class="panel chart">
      <figcaption>
        <h2>{title}</h2>
        <p class="hint" aria-hidden="true">
          {at === null ? words.hint : days[at]}
        </p>
      </figcaption>
      <ul class="legend">
        {lines.map((line) => (
          <li key={line.name}>
            <i class={line.color} aria-hidden="true" />
            {line.name} <b>{shownOf(line)}</b>
          </li>
        ))}
      </ul>
      <PlotPlace plotted={plotted} day={day} />
      <details>
        <summary>{words.table}</summary>
        <table class="sheet-table">
          <caption class="unseen">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{words.day}</th>
              {lines.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days
              .map((one, index) => (
                <tr key={one}>
                  <th scope="row">{one}</th>
                  {lines.map(({ name, values }) => (
                    <td key={name}>{values[index] == null ? '—' : write(values[index])}</td>
                  ))}
                </tr>
              ))
              .toReversed()}
          </tbody>
        </table>
      </details>
    </figure>
  )
}

/** The library that draws is loaded when there is something to draw. */
function PlotPlace({ plotted, day }: { plotted: Plotted; day: Signal<number | null> }) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot | null>(null)
  const latest = useRef(plotted)
  const isAway = useSignal(false)
  latest.current = plotted
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isGone = false
    import('./plot.ts').then(
      ({ plotInto }) => {
        // Between two charts the page can answer a tap.
        timer = setTimeout(() => {
          if (isGone || !place.current) return
          plot.current = plotInto(place.current, latest.current, (index) => (day.value = index))
        })
      },
      () => (isAway.value = true),
    )
    return () => {
      isGone = true
      clearTimeout(timer)
      plot.current?.remove()
    }
  }, [])
  useEffect(() => plot.current?.show(plotted), [plotted])
  if (isAway.value) return <p class="hint">{words.away}</p>
  return <div class="plot" ref={place} aria-hidden="true" />
}
