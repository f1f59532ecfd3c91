// The real worker, but two images make it hang or die. No decoder would do that by itself.
import '../../src/receipts/reading/reader-worker.ts'

declare const self: Worker

const read = self.onmessage

self.onmessage = (event) => {
  const wish = new TextDecoder().decode(event.data.image.subarray(0, 8))
  if (wish === 'hang up!') for (;;);
  if (wish === 'drop it!') process.exit(3)
  if (wish === 'throw it') setTimeout(() => nowhere())
  else read?.call(self, event)
}

function nowhere(): never {
  throw new Error('thrown in a timer')
}
