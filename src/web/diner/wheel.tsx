import { useEffect, useRef } from 'preact/hooks'
import type { Answer } from '../shared/calls.ts'
import { useWheelPicture } from '../shared/wheel-picture.ts'
import { draw, isDrawing } from './draws.ts'
import { wheelMotion } from './motion.ts'
import { texts } from './texts.ts'

/** The wheel, its pointer and its hub. Where it stops is the service's word alone. */
export function Wheel({ prizes }: { prizes: Answer<'GET /lottery/config'>['prizes'] }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useWheelPicture(canvas, prizes)
  useEffect(() => (canvas.current ? wheelMotion.attach(canvas.current) : undefined), [])
  return (
    <div class="wheel">
      <canvas
        ref={canvas}
        role="img"
        aria-label={texts.wheel.label(prizes.map((prize) => prize.prize_name).join('、'))}
      />
      <i class="pointer" aria-hidden="true" />
      <button
        type="button"
        class="hub"
        tabIndex={-1}
        aria-hidden="true"
        disabled={isDrawing.value}
        onClick={() => draw('single')}
      >
        {texts.wheel.spin}
      </button>
    </div>
  )
}
