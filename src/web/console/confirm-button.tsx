import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/** So long it takes no tap: the second one of two quick taps was meant for the button before it. */
const wait_ms = 600

interface ConfirmButtonProps {
  children: string
  isBusy: boolean
  onConfirm: () => void
}

/** The button of what can't be undone. */
export function ConfirmButton({ children, isBusy, onConfirm }: ConfirmButtonProps) {
  const isReady = useSignal(false)
  useEffect(() => {
    const timer = setTimeout(() => {
      isReady.value = true
    }, wait_ms)
    return () => clearTimeout(timer)
  }, [])
  return (
    <button type="button" class="main wide" disabled={!isReady.value || isBusy} onClick={onConfirm}>
      {children}
    </button>
  )
}
