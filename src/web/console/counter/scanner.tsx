import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { say } from '../../shared/parts.tsx'
import { isOurs } from '../codes.ts'
import { codeReader } from './read-code.ts'
import { texts } from './texts.ts'

const betweenLooks_ms = 120
/** Until the next look after a code that led nowhere: whoever holds it takes it away meanwhile. */
const afterMiss_ms = 1_500

interface ScannerProps {
  /** Tells whether the code led to something. */
  onCode: (text: string) => Promise<boolean>
}

/** The camera, which looks for a code until it finds one; or a single photo, where no page may have the camera. */
export function Scanner({ onCode }: ScannerProps) {
  const isOpen = useSignal(recallOpen())
  const trouble = useSignal('')
  const turn = (on: boolean) => {
    trouble.value = ''
    isOpen.value = on
    wasOpen = on
  }
  const readPhoto = async ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    const photo = currentTarget.files?.[0]
    currentTarget.value = ''
    if (!photo) return
    const picture = await createImageBitmap(photo).catch(() => null)
    const read = await codeReader()
    const text = picture && (await read(picture, picture.width, picture.height))
    if (text) await offer(text, onCode)
    else say(texts.noCode, true)
  }
  return (
    <section class="scanner" aria-label={texts.scan}>
      {isOpen.value ? (
        <Camera
          onCode={onCode}
          onTrouble={(sentence) => {
            turn(false)
            trouble.value = sentence
          }}
        />
      ) : (
        <div class="camera closed">
          <svg viewBox="0 0 64 64" width="88" height="88" aria-hidden="true">
            <path
              d="M8 20V8h12M44 8h12v12M56 44v12H44M20 56H8V44M20 20h10v10H20zM34 34h10v10H34zM34 20h10M44 20v8M20 36v8h8"
              fill="none"
              stroke="currentColor"
              stroke-width="3"
              stroke-linejoin="round"
              stroke-linecap="round"
            />
          </svg>
          <p>{texts.scanHint}</p>
        </div>
      )}
      <p class="trouble" role="alert">
        {trouble.value}
      </p>
      <div class="beside">
        <button type="button" class={isOpen.value ? 'second' : 'main'} onClick={() => turn(!isOpen.value)}>
          {isOpen.value ? texts.close : texts.open}
        </button>
        <label class="second file">
          {texts.picture}
          <input type="file" accept="image/*" capture="environment" onChange={readPhoto} />
        </label>
      </div>
    </section>
  )
}

/** Whoever opened the camera finds it open for the next code. */
let wasOpen = false
const recallOpen = () => wasOpen

function Camera({ onCode, onTrouble }: ScannerProps & { onTrouble: (sentence: string) => void }) {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    const shown = video.current
    const abort = new AbortController()
    if (shown) watch(shown, onCode, abort.signal).catch(fail)
    return () => abort.abort()
    function fail(error: Error) {
      onTrouble(error.name === 'NotAllowedError' ? texts.denied : texts.noCamera)
    }
  }, [])
  return (
    <div class="camera">
      <video ref={video} muted playsInline aria-label={texts.video} />
      <i class="frame" aria-hidden="true" />
    </div>
  )
}

async function offer(text: string, onCode: ScannerProps['onCode']): Promise<boolean> {
  if (isOurs(text)) return onCode(text)
  say(texts.notOurs, true)
  return false
}

/** Looks for codes until one leads to something, or nobody waits for it any more. */
async function watch(video: HTMLVideoElement, onCode: ScannerProps['onCode'], signal: AbortSignal): Promise<void> {
  const [stream, read] = await Promise.all([
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }),
    codeReader(),
  ])
  try {
    video.srcObject = stream
    if (!signal.aborted) await video.play().catch(() => {})
    while (!signal.aborted) {
      const text = video.videoWidth > 0 ? await read(video, video.videoWidth, video.videoHeight) : null
      if (text !== null && !signal.aborted) {
        navigator.vibrate?.(60)
        if (await offer(text, onCode)) return
      }
      await pause(text === null ? betweenLooks_ms : afterMiss_ms)
    }
  } finally {
    for (const track of stream.getTracks()) track.stop()
    video.srcObject = null
  }
}

const pause = (wait_ms: number) => new Promise((resolve) => setTimeout(resolve, wait_ms))
