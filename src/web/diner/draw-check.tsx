import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Document } from '../../verifier/documents.ts'
import { call } from '../shared/api.ts'
import { Failed, Sheet, Skeleton } from '../shared/parts.tsx'
import { resource } from '../shared/resource.ts'
import { me } from '../shared/tokens.ts'
import { receiptOf } from './kept-receipts.ts'
import { texts } from './texts.ts'

/** Whether a draw was made by the rules: its proof, held against the receipt that this browser kept. */
export function DrawCheck({ drawId, onClose }: { drawId: string; onClose: () => void }) {
  const receipt = receiptOf(me(), drawId)
  const { value: found } = useSignal(
    resource(async () => {
      const [{ proof }, { ReportOf }] = await Promise.all([
        call('GET /lottery/draws/:draw_id/proof', { path: { draw_id: drawId } }),
        import('./draw-report.tsx'),
      ])
      return { proof, ReportOf }
    }),
  )
  useEffect(() => void found.load(), [])
  const shown = found.value.value
  const documents = [receipt, shown?.proof].filter((one) => one !== undefined && one !== null)
  return (
    <Sheet title={texts.check.title} onClose={onClose}>
      {shown ? (
        documents.length > 0 ? (
          <shown.ReportOf documents={documents} />
        ) : (
          <p class="hint">{texts.check.unproven}</p>
        )
      ) : found.error.value ? (
        <Failed error={found.error.value} onRetry={found.load} />
      ) : (
        <Skeleton rows={6} />
      )}
      {receipt === undefined && shown?.proof && <p class="hint">{texts.check.noReceipt}</p>}
      {documents.length > 0 && (
        <>
          <p class="hint">{texts.check.hint}</p>
          <div class="saves">
            {documents.map((document) => (
              <Download key={document.kind} name={`${document.kind}-${drawId}.json`} document={document}>
                {texts.check[document.kind]}
              </Download>
            ))}
            <a class="second" href="/verify" target="_blank" rel="noreferrer">
              {texts.check.page}
            </a>
          </div>
        </>
      )}
    </Sheet>
  )
}

function Download(props: { name: string; document: Document; children: string }) {
  const { name, document, children } = props
  const url = useSignal('')
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([JSON.stringify(document, null, 1)], { type: 'application/json' }))
    url.value = made
    return () => URL.revokeObjectURL(made)
  }, [document])
  return (
    <a class="second" href={url.value} download={name}>
      {children}
    </a>
  )
}
