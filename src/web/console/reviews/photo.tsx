import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { texts } from './texts.ts'

interface Box {
  x: number
  y: number
  width: number
  height: number
}

interface PhotoProps {
  url: string
  alt: string
  boxes?: readonly Box[] | undefined
  /** A swipe to the right or the left. */
  onSwipe?: ((direction: 'right' | 'left') => void) | undefined
}

const swipe_px = 96
const tap_px = 6
const part = (value: number) => `${value * 100}%`

/** A photo with what was read on it marked. It can be zoomed into, and swiped to either side. */
export function Photo({ url, alt, boxes = [], onSwipe }: PhotoProps) {
  const ratio = useSignal(0.66)
  const isZoomed = useSignal(false)
  const { drag, ...touch } = useSwipe(onSwipe, () => isZoomed.value)
  const place = useRef<HTMLDivElement>(null)
  const [first] = boxes
  useEffect(() => {
    const shown = place.current
    if (!shown || !isZoomed.value) return
    const [x, y] = first ? [first.x + first.width / 2, first.y + first.height / 2] : [0.5, 0.5]
    shown.scrollTo(shown.scrollWidth * x - shown.clientWidth / 2, shown.scrollHeight * y - shown.clientHeight / 2)
  }, [isZoomed.value])
  const verdict = Math.abs(drag.value) < swipe_px ? '' : drag.value > 0 ? 'right' : 'left'
  return (
    <div ref={place} class={`photo ${isZoomed.value ? 'zoomed' : ''}`}>
      <figure
        {...touch}
        class={verdict}
        style={{
          '--ratio': ratio.value,
          transform: drag.value === 0 ? '' : `translateX(${drag.value}px) rotate(${drag.value / 40}deg)`,
        }}
      >
        <img
          src={url}
          alt={alt}
          draggable={false}
          onLoad={({ currentTarget }) => {
            ratio.value = currentTarget.naturalWidth / currentTarget.naturalHeight
          }}
        />
        {boxes.map(({ x, y, width, height }) => (
          <i
            key={`${x},${y}`}
            class="mark"
            role="img"
            aria-label={texts.mark}
            style={{ left: part(x), top: part(y), width: part(width), height: part(height) }}
          />
        ))}
      </figure>
      <button
        type="button"
        class="zoom"
        aria-label={isZoomed.value ? texts.shrink : texts.zoom}
        onClick={() => {
          isZoomed.value = !isZoomed.value
        }}
      >
        <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
          <path
            d={`M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm5-1.5L20 20M7.5 10.5h6${isZoomed.value ? '' : 'm-3-3v6'}`}
            fill="none"
            stroke="currentColor"
            stroke-width="1.8"
            stroke-linecap="round"
          />
        </svg>
      </button>
    </div>
  )
}

/** Follows a finger that moves a photo aside. */
function useSwipe(onSwipe: PhotoProps['onSwipe'], isBlocked: () => boolean) {
  const drag = useSignal(0)
  const start = useRef<{ x: number; pointer: number } | null>(null)
  const end = () => {
    const moved = drag.value
    start.current = null
    drag.value = 0
    if (Math.abs(moved) >= swipe_px) onSwipe?.(moved > 0 ? 'right' : 'left')
  }
  return {
    drag,
    onPointerDown: ({ clientX, pointerId, isPrimary, button }: PointerEvent) => {
      if (onSwipe && isPrimary && button === 0 && !isBlocked()) start.current = { x: clientX, pointer: pointerId }
    },
    onPointerMove: ({ clientX, pointerId, currentTarget }: PointerEvent) => {
      if (start.current?.pointer !== pointerId) return
      const moved = clientX - start.current.x
      if (Math.abs(moved) < tap_px) return
      ;(currentTarget as Element).setPointerCapture(pointerId)
      drag.value = moved
    },
    onPointerUp: end,
    onPointerCancel: () => {
      start.current = null
      drag.value = 0
    },
  }
}
