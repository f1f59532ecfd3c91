import type { Progress } from '../lib/progress.ts'
import type { Time } from '../lib/time.ts'

const width = 24
const pause_ms = 100
/** Goes back to the start of the line and empties it. */
const emptyLine = '\r\u001B[2K'

export interface ProgressBar {
  progress: Progress
  /** Takes the bar off the screen, for lines that stay there. */
  clear(): void
}

interface Terminal {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

/** A bar with rate and time left on a terminal that can draw one. In a pipe, in CI and on a dumb terminal it is silent. */
export function createProgressBar(
  terminal: Terminal,
  env: Record<string, string | undefined>,
  { elapsed_ms }: Pick<Time, 'elapsed_ms'>,
): ProgressBar {
  if (!terminal.isTTY || env.CI || env.TERM === 'dumb') return { progress: () => {}, clear() {} }
  let work = { what: '', begun_ms: 0 }
  let drawn_ms = Number.NEGATIVE_INFINITY
  let isShown = false
  return {
    progress(what, done, total) {
      const now_ms = elapsed_ms()
      if (work.what !== what) work = { what, begun_ms: now_ms }
      else if (done < total && now_ms - drawn_ms < pause_ms) return
      drawn_ms = now_ms
      isShown = true
      const line = lineOf(what, { done, total, took_ms: now_ms - work.begun_ms })
      terminal.write(emptyLine + line.slice(0, (terminal.columns || 80) - 1))
    },
    clear() {
      if (isShown) terminal.write(emptyLine)
      isShown = false
    },
  }
}

function lineOf(what: string, { done, total, took_ms }: { done: number; total: number; took_ms: number }): string {
  const share = total > 0 ? Math.min(1, done / total) : 1
  const full = Math.round(share * width)
  const bar = '█'.repeat(full) + '░'.repeat(width - full)
  const rate = took_ms > 0 ? (done / took_ms) * 1000 : 0
  const left = rate > 0 && done < total ? `, ${timeOf((total - done) / rate)} left` : ''
  const speed = rate > 0 ? `  ${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s` : ''
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${done}/${total}${speed}${left}  ${what}`
}

function timeOf(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  return whole < 3600 ? `${Math.ceil(whole / 60)} min` : `${(whole / 3600).toFixed(1)} h`
}
