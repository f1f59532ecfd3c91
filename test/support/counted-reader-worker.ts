// The real worker, which also reports that it was started.
import '../../src/receipts/reading/reader-worker.ts'

const starts = new BroadcastChannel('starts of reader workers')
starts.postMessage('one')
starts.unref()
