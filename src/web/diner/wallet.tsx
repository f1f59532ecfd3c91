import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../shared/api.ts'
import type { Answer } from '../shared/calls.ts'
import { Failed, PagedList, Sheet, Skeleton } from '../shared/parts.tsx'
import { pages, resource } from '../shared/resource.ts'
import { exactTime, left } from '../shared/time.ts'
import { MemberCode } from './member-code.tsx'
import { Qr } from './qr.tsx'
import { voucherCounts } from './state.ts'
import { texts } from './texts.ts'

type Voucher = Answer<'GET /user/vouchers'>['vouchers'][number]

export function Wallet() {
  const list = useVouchers()
  const shown = useSignal<string | null>(null)
  const isMemberShown = useSignal(false)
  const counts = voucherCounts.value.value
  return (
    <>
      <div class="head">
        <h2>{texts.tabs.wallet}</h2>
        <p>
          {counts ? texts.wallet.usable(counts.active) : ''}
          {counts && counts.expiring_soon > 0 && <b> {texts.wallet.soon(counts.expiring_soon)}</b>}
        </p>
        <button type="button" class="second" onClick={() => (isMemberShown.value = true)}>
          {texts.wallet.member}
        </button>
      </div>
      <PagedList
        list={list}
        empty={
          <>
            <p>{texts.wallet.empty}</p>
            <a class="second" href="#wheel">
              {texts.wallet.emptyNext}
            </a>
          </>
        }
        row={(voucher) => <Ticket key={voucher.code} voucher={voucher} onShow={() => (shown.value = voucher.code)} />}
      />
      {shown.value && <VoucherSheet code={shown.value} onClose={() => (shown.value = null)} />}
      {isMemberShown.value && <MemberCode onClose={() => (isMemberShown.value = false)} />}
    </>
  )
}

function useVouchers() {
  const kept = useSignal(
    pages(async (page) => {
      const { vouchers, pagination } = await call('GET /user/vouchers', { query: { page } })
      return { items: vouchers, pagination }
    }),
  )
  const list = kept.value
  // The counts are loaded again after every change, once for many at a time.
  const counts = voucherCounts.value.value
  useEffect(() => void list.first(), [list, counts])
  return list
}

function Ticket({ voucher, onShow }: { voucher: Voucher; onShow: () => void }) {
  const { title, quantity, status, source, expires_at, redeemed_at } = voucher
  const name = quantity > 1 ? `${title} × ${quantity}` : title
  return (
    <li class={`ticket ${status}`}>
      <div>
        <b>{name}</b>
        <small>
          {'draw_id' in source ? texts.wallet.from.draw : texts.wallet.from.exchange} ·{' '}
          {status === 'redeemed' && redeemed_at ? texts.wallet.usedAt(exactTime(redeemed_at)) : left(expires_at)}
        </small>
      </div>
      {status === 'active' ? (
        <button type="button" aria-label={`${texts.wallet.show} ${name}`} onClick={onShow}>
          {texts.wallet.show}
        </button>
      ) : (
        <span class="stamp">{texts.wallet.status[status]}</span>
      )}
    </li>
  )
}

/** A voucher as the counter scans it. */
function VoucherSheet({ code, onClose }: { code: string; onClose: () => void }) {
  const kept = useSignal(resource(() => call('GET /user/vouchers/:code', { path: { code } })))
  const { value, error, load } = kept.value
  useEffect(() => void load(), [load])
  const voucher = value.value
  if (!voucher)
    return (
      <Sheet title={texts.tabs.wallet} onClose={onClose}>
        {error.value ? <Failed error={error.value} onRetry={load} /> : <Skeleton rows={1} tall />}
      </Sheet>
    )
  return (
    <Sheet title={voucher.title} onClose={onClose}>
      <Qr text={voucher.qr} code={voucher.code} />
      <p class="code">{voucher.code.replace(/(.{4})(?=.)/g, '$1 ')}</p>
      <p class="hint middle">
        {texts.wallet.scan}
        <br />
        {texts.wallet.until(exactTime(voucher.expires_at))}（{left(voucher.expires_at)}）
      </p>
    </Sheet>
  )
}
