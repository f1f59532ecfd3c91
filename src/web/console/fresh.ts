import { useEffect } from 'preact/hooks'
import { line } from '../shared/live.ts'

const every_ms = 30_000

/** Loads again what nobody pushes: now and then while the page is seen, and once it is seen or connected again. */
export function useFresh(load: () => unknown): void {
  useEffect(() => {
    const loadIfSeen = () => void (document.visibilityState === 'visible' && load())
    const timer = setInterval(loadIfSeen, every_ms)
    document.addEventListener('visibilitychange', loadIfSeen)
    const stop = line.subscribe((state) => void (state === 'live' && loadIfSeen()))
    return () => {
      stop()
      clearInterval(timer)
      document.removeEventListener('visibilitychange', loadIfSeen)
    }
  }, [])
}
