import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { signOut } from '../shared/api.ts'
import type { Answer } from '../shared/calls.ts'
import { metaOf } from '../shared/meta.ts'
import { Sheet } from '../shared/parts.tsx'
import { texts as shared } from '../shared/texts.ts'
import { points } from '../shared/time.ts'
import { linkTo, place } from './place.ts'
import { openScreens, type Screen } from './screens.ts'
import { texts } from './texts.ts'

/** How many screens a phone's bar names. The others are a tap further. */
const mostInBar = 4

interface MenuProps {
  current: Screen | undefined
  standing: Answer<'GET /merchant/me'>
}

/** The way to every screen that the caller may see: a bar below on a phone, a column beside on a wide screen. */
export function Menu({ current, standing }: MenuProps) {
  const isMoreOpen = useSignal(false)
  useEffect(
    () =>
      place.subscribe(() => {
        isMoreOpen.value = false
      }),
    [],
  )
  const open = openScreens()
  const isInBar = open.slice(0, mostInBar).some((screen) => screen === current)
  return (
    <nav class="menu" aria-label={shared.menu}>
      <p class="brand">{metaOf('shop')}</p>
      <ul>
        {open.map((screen) => (
          <li key={screen.path}>
            <ScreenLink screen={screen} current={current} />
          </li>
        ))}
        <li class="more">
          <button
            type="button"
            data-current={current !== undefined && !isInBar}
            onClick={() => (isMoreOpen.value = true)}
          >
            <Icon path="M5 12h.01M12 12h.01M19 12h.01" width={3.2} />
            <span>{texts.more}</span>
          </button>
        </li>
      </ul>
      <Account standing={standing} />
      {isMoreOpen.value && (
        <Sheet title={texts.more} onClose={() => (isMoreOpen.value = false)}>
          <ul class="more-screens">
            {open.map((screen) => (
              <li key={screen.path}>
                <ScreenLink screen={screen} current={current} />
              </li>
            ))}
          </ul>
          <Account standing={standing} />
        </Sheet>
      )}
    </nav>
  )
}

function ScreenLink({ screen, current }: { screen: Screen; current: Screen | undefined }) {
  return (
    <a href={linkTo(screen.path)} aria-current={screen === current ? 'page' : undefined}>
      <Icon path={screen.icon} />
      <span>{screen.title}</span>
    </a>
  )
}

function Icon({ path, width = 1.6 }: { path: string; width?: number }) {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        stroke-width={width}
        stroke-linejoin="round"
        stroke-linecap="round"
      />
    </svg>
  )
}

/** The caller's role, and how much of their budgets they used today. */
function Account({ standing: { role, budgets, permissions } }: Pick<MenuProps, 'standing'>) {
  const shown = [
    ['reviews', texts.reviewed, budgets.reviews],
    ['corrections', texts.given, budgets.discretionary],
  ] as const
  return (
    <section class="account" aria-label={texts.account}>
      <h2>{texts.roles[role]}</h2>
      {shown
        .filter(([right]) => permissions.includes(right))
        .map(([right, name, { used, limit }]) => (
          <label key={right}>
            <span>
              {name} <b>{texts.ofLimit(points(used), points(limit))}</b>
            </span>
            <meter value={used} max={limit} high={limit * 0.8} />
          </label>
        ))}
      <p class="beside">
        <a class="link" href="/">
          {texts.toDiner}
        </a>
        <button type="button" class="link" onClick={signOut}>
          {shared.signOut}
        </button>
      </p>
    </section>
  )
}
