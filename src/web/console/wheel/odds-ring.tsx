import { useRef } from 'preact/hooks'
import { oddsSum } from '../../../lottery/wheel.ts'
import { useWheelPicture } from '../../shared/wheel-picture.ts'
import { linkTo, place } from '../place.ts'
import { changeOdds, type Edited } from './edited.ts'
import { moveBoundary, percentOf } from './odds.ts'
import { texts } from './texts.ts'

const radius = 93
const fine = 1
const coarse = 10
const page = 100

/** Where a share of the ring ends, on a circle around 0. */
function pointAt(share: number, at = radius): readonly [number, number] {
  const angle = share * 2 * Math.PI
  return [Math.sin(angle) * at, -Math.cos(angle) * at]
}

/** The wheel as diners see it, inside a ring that shows the odds. The ring's boundaries can be dragged. */
export function OddsRing({ wheel }: { wheel: Edited }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useWheelPicture(canvas, wheel.prizes)
  const odds = wheel.prizes.map((prize) => prize.odds)
  const ends = odds.map((_, at) => odds.slice(0, at + 1).reduce((sum, each) => sum + each, 0) / oddsSum)
  const open = ({ offsetX, offsetY, currentTarget }: MouseEvent) => {
    const { clientWidth } = currentTarget as HTMLElement
    const angle = (Math.atan2(offsetX - clientWidth / 2, clientWidth / 2 - offsetY) * 180) / Math.PI
    const chosen = wheel.prizes.find((prize) => prize.angle === (Math.round(angle / 45) * 45 + 360) % 360)
    if (chosen) location.hash = linkTo('wheel', `${chosen.prize_id}`, place.value.filters)
  }
  return (
    <div class="odds-ring">
      {/* The list beside it opens the same by key. */}
      <canvas
        ref={canvas}
        role="img"
        aria-label={texts.picture(wheel.prizes.map(({ prize_name }) => prize_name).join('、'))}
        onClick={open}
      />
      <svg viewBox="-100 -100 200 200">
        <title class="unseen">{texts.ringHint}</title>
        {wheel.prizes.map(({ prize_id, color }, at) => (
          <Arc key={prize_id} from={ends[at - 1] ?? 0} to={ends[at] ?? 1} color={color} />
        ))}
        {wheel.prizes.slice(0, -1).map((prize, at) => (
          <Handle key={prize.prize_id} wheel={wheel} odds={odds} at={at} share={ends[at] ?? 0} />
        ))}
      </svg>
    </div>
  )
}

function Arc({ from, to, color }: { from: number; to: number; color: string }) {
  // A whole circle has no beginning to draw it from.
  const end = Math.min(to, from + 0.9999)
  const [[x1, y1], [x2, y2]] = [pointAt(from), pointAt(end)]
  if (to <= from) return null
  return (
    <path
      class="arc"
      d={`M${x1} ${y1}A${radius} ${radius} 0 ${end - from > 0.5 ? 1 : 0} 1 ${x2} ${y2}`}
      style={{ stroke: color }}
    />
  )
}

interface HandleProps {
  wheel: Edited
  odds: readonly number[]
  at: number
  share: number
}

/** The boundary between a prize and the next one. */
function Handle({ wheel, odds, at, share }: HandleProps) {
  const [own, next] = [wheel.prizes[at], wheel.prizes[at + 1]]
  if (!own || !next) return null
  const move = (by: number) => changeOdds(moveBoundary(odds, at, by))
  const drag = (event: PointerEvent) => {
    const handle = event.currentTarget as SVGGElement
    if (!handle.hasPointerCapture(event.pointerId)) return
    const box = handle.ownerSVGElement?.getBoundingClientRect()
    if (!box) return
    const [x, y] = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2]
    const pointed = (Math.atan2(x, -y) / (2 * Math.PI) + 1) % 1
    // The nearer way round, so that a drag past the top does not go back to the beginning.
    const way = ((pointed - share + 1.5) % 1) - 0.5
    move(way * oddsSum)
  }
  const press = (event: KeyboardEvent) => {
    const step = event.shiftKey ? fine : coarse
    const steps: Record<string, number> = {
      ...{ ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step },
      ...{ PageUp: page, PageDown: -page, Home: -oddsSum, End: oddsSum },
    }
    const by = steps[event.key]
    if (by === undefined) return
    event.preventDefault()
    move(by)
  }
  const [x, y] = pointAt(share)
  return (
    <g
      class="handle"
      role="slider"
      tabindex={0}
      aria-label={texts.boundary(own.prize_name, next.prize_name)}
      aria-valuemin={0}
      aria-valuemax={own.odds + next.odds}
      aria-valuenow={own.odds}
      aria-valuetext={texts.shares(own.prize_name, percentOf(own.odds), next.prize_name, percentOf(next.odds))}
      transform={`translate(${x} ${y})`}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={press}
    >
      <circle class="reach" r="11" />
      <circle class="knob" r="5" />
    </g>
  )
}
