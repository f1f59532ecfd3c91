/** Where a turn ends, and how it gets there. */
export interface Turn {
  /** The sector's middle, in degrees clockwise from the top of the wheel. */
  angle: number
  /** How far from the middle it stops; less than half a sector. */
  aside: number
  duration_ms: number
}

const easing = 'cubic-bezier(0.14, 0.72, 0.1, 1)'
const late_ms = 400

/** Whether the person asked for less motion. */
export const isCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Turns the wheel that is on the page. */
export const wheelMotion = createMotion()

function createMotion() {
  let shown: HTMLElement | undefined
  let rotation = 0
  let running: Animation | undefined

  return {
    attach(element: HTMLElement) {
      shown = element
      element.style.transform = `rotate(${rotation}deg)`
      return () => {
        running?.finish()
        shown = undefined
      }
    },
    /** Resolves when the wheel stands still with the sector under the pointer. */
    async turnTo({ angle, aside, duration_ms }: Turn): Promise<void> {
      const start = rotation
      const end = (((360 - angle - aside) % 360) + 360) % 360
      const whole = isCalm() ? 0 : duration_ms > 2_000 ? 6 : 2
      rotation = start + ((((end - start) % 360) + 360) % 360) + whole * 360
      if (shown && !isCalm()) {
        const frames = [{ transform: `rotate(${start}deg)` }, { transform: `rotate(${rotation}deg)` }]
        running = shown.animate(frames, { duration: duration_ms, easing })
        // A page in the background paints nothing, and its animations don't end in time.
        await Promise.race([running.finished, new Promise((resolve) => setTimeout(resolve, duration_ms + late_ms))])
        running = undefined
      }
      if (shown) shown.style.transform = `rotate(${rotation}deg)`
    },
    skip() {
      running?.finish()
    },
  }
}
