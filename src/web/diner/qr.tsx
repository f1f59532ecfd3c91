import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { texts } from './texts.ts'

/** A QR code. What makes it is loaded when the first one is shown. */
export function Qr({ text, code }: { text: string; code: string }) {
  const made = useSignal<{ path: string; size: number } | null>(null)
  useEffect(() => {
    let isWanted = true
    void import('./qr-code.ts').then(({ qrPath }) => {
      if (isWanted) made.value = qrPath(text)
    })
    return () => {
      isWanted = false
    }
  }, [text])
  return (
    <div class="qr">
      {made.value && (
        <svg
          viewBox={`0 0 ${made.value.size} ${made.value.size}`}
          shape-rendering="crispEdges"
          role="img"
          aria-label={texts.wallet.qr(code)}
          data-text={text}
        >
          <path d={made.value.path} fill="#000" />
        </svg>
      )}
    </div>
  )
}
