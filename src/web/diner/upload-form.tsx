import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, Refused } from '../shared/api.ts'
import { complain, say } from '../shared/parts.tsx'
import { randomKey } from '../shared/random.ts'
import { texts } from './texts.ts'

interface Chosen {
  photo: File
  preview: string
  /** The same until the service has answered, so that a second attempt sends no second receipt. */
  key: string
}

/** A photo from the camera or the album, its amount, and how much of it is sent. */
export function UploadForm({ onSent }: { onSent: () => void }) {
  const chosen = useSignal<Chosen | null>(null)
  const amount = useSignal('')
  const sent = useSignal<number | null>(null)
  const drop = () => {
    if (chosen.value) URL.revokeObjectURL(chosen.value.preview)
    chosen.value = null
  }
  useEffect(() => drop, [])
  const choose = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    const photo = currentTarget.files?.[0]
    if (photo) {
      drop()
      chosen.value = { photo, preview: URL.createObjectURL(photo), key: randomKey() }
    }
    currentTarget.value = ''
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    if (!chosen.value || sent.value !== null) return
    const { photo, key } = chosen.value
    const form = new FormData()
    form.set('image', photo)
    form.set('amount', amount.value.trim())
    sent.value = 0
    try {
      await call('POST /photo/upload', { form, key, onProgress: (part) => (sent.value = part) })
      say(texts.receipts.sent)
      drop()
      amount.value = ''
      onSent()
    } catch (error) {
      // After a refusal the next attempt may differ, and needs a key of its own.
      if (error instanceof Refused && chosen.value) chosen.value = { ...chosen.value, key: randomKey() }
      complain(error)
    }
    sent.value = null
  }
  return (
    <form class="upload" onSubmit={submit}>
      <h2>{texts.receipts.title}</h2>
      <p class="hint">{texts.receipts.hint}</p>
      {chosen.value ? (
        <div class="beside">
          <img class="preview" src={chosen.value.preview} alt={texts.receipts.preview} />
          <div class="fields">
            <label>
              {texts.receipts.amount}
              <input
                type="text"
                inputMode="decimal"
                autocomplete="off"
                placeholder="0.00"
                required
                title={texts.receipts.needAmount}
                value={amount}
                onInput={({ currentTarget }) => {
                  amount.value = currentTarget.value
                }}
              />
            </label>
            <button type="submit" class="main wide" disabled={sent.value !== null}>
              {sent.value === null ? texts.receipts.send : texts.receipts.sending(sent.value)}
            </button>
            <progress
              class={sent.value === null ? 'hidden' : ''}
              value={sent.value ?? 0}
              max="1"
              aria-label={texts.receipts.preview}
            />
            <button type="button" class="link" disabled={sent.value !== null} onClick={drop}>
              {texts.receipts.change}
            </button>
          </div>
        </div>
      ) : (
        <div class="beside ways">
          <label class="main file">
            {texts.receipts.shoot}
            <input type="file" accept="image/*" capture="environment" onChange={choose} />
          </label>
          <label class="second file">
            {texts.receipts.choose}
            <input type="file" accept="image/jpeg,image/png,image/webp" onChange={choose} />
          </label>
        </div>
      )}
    </form>
  )
}
