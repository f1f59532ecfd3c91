import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { points } from '../shared/time.ts'
import { isCalm } from './motion.ts'

const count_ms = 700

/** A number that counts to its new value. Tests and screen readers read the true one. */
export function Counting({ value }: { value: ReadonlySignal<number | null> }) {
  const shown = useSignal(value.value ?? 0)
  const target = value.value
  useEffect(() => {
    if (target === null) return
    const from = shown.peek()
    if (isCalm() || from === 0 || from === target) {
      shown.value = target
      return
    }
    const startedAt = performance.now()
    let frame = requestAnimationFrame(function step(at: number) {
      const part = Math.min(1, (at - startedAt) / count_ms)
      shown.value = Math.round(from + (target - from) * (1 - (1 - part) ** 3))
      if (part < 1) frame = requestAnimationFrame(step)
    })
    return () => cancelAnimationFrame(frame)
  }, [target])
  return (
    <strong class="figure" data-value={target ?? ''}>
      <span aria-hidden="true">{target === null ? '–' : points(shown.value)}</span>
      <span class="unseen">{target === null ? '' : points(target)}</span>
    </strong>
  )
}
