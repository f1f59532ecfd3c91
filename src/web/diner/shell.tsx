import { metaOf } from '../shared/meta.ts'
import { LineState } from '../shared/parts.tsx'
import { texts as shared } from '../shared/texts.ts'
import { Goods } from './goods.tsx'
import { Icon } from './icons.tsx'
import { Me } from './me.tsx'
import { Receipts } from './receipts.tsx'
import { type Tab, tab, tabs, voucherCounts } from './state.ts'
import { texts } from './texts.ts'
import { Wallet } from './wallet.tsx'
import { WheelPage } from './wheel-page.tsx'

const pages: Record<Tab, () => preact.JSX.Element> = {
  wheel: WheelPage,
  goods: Goods,
  receipts: Receipts,
  wallet: Wallet,
  me: Me,
}

/** What is around every tab: the restaurant's name, whether changes arrive at once, and the way to the other tabs. */
export function Shell() {
  const Shown = pages[tab.value]
  return (
    <div class="shell">
      <header class="top">
        <h1>{metaOf('shop')}</h1>
        <LineState />
      </header>
      <main class={`page ${tab.value}-page`}>
        <Shown />
      </main>
      <nav class="tabs" aria-label={shared.menu}>
        {tabs.map((name) => (
          <a key={name} href={`#${name}`} aria-current={tab.value === name ? 'page' : undefined}>
            <Icon name={name} />
            <span>
              {texts.tabs[name]}
              {name === 'wallet' && <Count />}
            </span>
          </a>
        ))}
      </nav>
    </div>
  )
}

function Count() {
  const active = voucherCounts.value.value?.active ?? 0
  return active > 0 ? <b> {active}</b> : null
}
