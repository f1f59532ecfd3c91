import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Refused } from './api.ts'
import { line } from './live.ts'
import type { Pages } from './resource.ts'
import { texts } from './texts.ts'

/** What went wrong, for the person who asked. The service's own sentence is shown as it is. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Refused) return error.message
  return (error as Error).message || texts.unanswered
}

const notices = signal<readonly { id: number; text: string; isBad: boolean }[]>([])
const noticeLife_ms = 4_500
let noticed = 0

/** Shows one sentence for a moment, and reads it out. */
export function say(text: string, isBad = false): void {
  noticed += 1
  const id = noticed
  notices.value = [...notices.value, { id, text, isBad }].slice(-2)
  setTimeout(() => {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }, noticeLife_ms)
}

export const complain = (error: unknown) => say(sentenceOf(error), true)

const openSheets = signal(0)

/** The sentences of now. An open dialog shows them itself: what is behind it can be neither seen nor heard. */
export function Notices() {
  return openSheets.value === 0 ? <NoticeList /> : null
}

function NoticeList() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, text, isBad }) => (
        <p key={id} class={isBad ? 'notice bad' : 'notice'}>
          {text}
        </p>
      ))}
    </div>
  )
}

export interface SheetProps {
  title: string
  onClose: () => void
  children: ComponentChildren
}

/** A dialog from the lower edge. The browser keeps the focus in it, and gives it back. */
export function Sheet({ title, onClose, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const shown = dialog.current
    const before = document.activeElement
    // A touch beside the sheet is a touch of the dialog itself.
    shown?.addEventListener('click', ({ target }) => target === shown && onClose())
    shown?.showModal()
    openSheets.value += 1
    return () => {
      openSheets.value -= 1
      shown?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <div class="sheet-body">
        <header>
          <h2 id={id}>{title}</h2>
          <button type="button" class="plain" onClick={onClose}>
            {texts.close}
          </button>
        </header>
        {children}
        <NoticeList />
      </div>
    </dialog>
  )
}

/** Whether changes arrive at once. */
export function LineState() {
  return (
    <p class={`line ${line.value}`} role="status">
      {texts.line[line.value]}
    </p>
  )
}

export function Skeleton({ rows = 3, tall = false }: { rows?: number; tall?: boolean }) {
  return (
    <div class="skeleton" role="status" aria-label={texts.loading}>
      {Array.from({ length: rows }, (_, row) => (
        <i key={row} class={tall ? 'tall' : ''} />
      ))}
    </div>
  )
}

export function Failed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <div class="empty" role="alert">
      <p>{sentenceOf(error)}</p>
      <button type="button" class="second" onClick={onRetry}>
        {texts.retry}
      </button>
    </div>
  )
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>
}

/**
 * A list that grows at the touch of a button; its shape stands while the first page loads. What can't be loaded anew stays,
 * with the reason above it.
 */
export function PagedList<Item>(props: {
  list: Pages<Item>
  empty: ComponentChildren
  row: (item: Item) => ComponentChildren
}) {
  const { list, empty, row } = props
  const { items, error, goesOn, isBusy } = list
  const failed = error.value && <Failed error={error.value} onRetry={list.retry} />
  if (items.value === null) return failed ?? <Skeleton rows={4} />
  if (items.value.length === 0) return failed ?? <Empty>{empty}</Empty>
  return (
    <>
      {failed}
      <ul class="rows">{items.value.map(row)}</ul>
      {goesOn.value && (
        <button type="button" class="second wide" disabled={isBusy.value} onClick={list.more}>
          {texts.more}
        </button>
      )}
    </>
  )
}
