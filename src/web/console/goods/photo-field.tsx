import { useSignal } from '@preact/signals'
import { call, Refused } from '../../shared/api.ts'
import { complain } from '../../shared/parts.tsx'
import { randomKey } from '../../shared/random.ts'
import { texts } from './texts.ts'

const words = texts.photo

interface PhotoProps {
  image: string | null
  onImage: (image: string | null) => void
}

/** A product's picture. A chosen photo is sent at once; the product has it when the form is saved. */
export function PhotoField({ image, onImage }: PhotoProps) {
  const sent = useSignal<number | null>(null)
  /** A photo whose upload nobody answered, with its key. */
  const waiting = useSignal<{ photo: File; key: string } | null>(null)
  const send = async (photo: File, key: string) => {
    const form = new FormData()
    form.set('image', photo)
    sent.value = 0
    try {
      const { image: link } = await call('POST /merchant/images', {
        form,
        key,
        onProgress: (part) => (sent.value = part),
      })
      waiting.value = null
      onImage(link)
    } catch (error) {
      waiting.value = error instanceof Refused ? null : { photo, key }
      complain(error)
    }
    sent.value = null
  }
  const choose = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    const photo = currentTarget.files?.[0]
    currentTarget.value = ''
    if (!photo) return
    const known = waiting.value
    const isSame = known?.photo.name === photo.name && known.photo.size === photo.size
    void send(photo, isSame ? known.key : randomKey())
  }
  return (
    <div class="photo-field">
      {image === null ? <span class="no-photo" aria-hidden="true" /> : <img src={image} alt={words.of} />}
      <div>
        <label class="second file">
          {sent.value === null ? (image === null ? words.add : words.choose) : words.sending(sent.value)}
          <input
            type="file"
            accept="image/jpeg,image/png,image/webp"
            disabled={sent.value !== null}
            onChange={choose}
          />
        </label>
        {image !== null && (
          <button type="button" class="link" onClick={() => onImage(null)}>
            {words.drop}
          </button>
        )}
      </div>
    </div>
  )
}
