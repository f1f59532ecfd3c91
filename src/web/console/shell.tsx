import { useEffect } from 'preact/hooks'
import { signOut } from '../shared/api.ts'
import { metaOf } from '../shared/meta.ts'
import { Failed, LineState, Skeleton } from '../shared/parts.tsx'
import { texts as shared } from '../shared/texts.ts'
import { Menu } from './menu.tsx'
import { linkTo, place, stay } from './place.ts'
import { ScreenPlace } from './screen-place.tsx'
import { openScreens, screens } from './screens.ts'
import { mayOne, standing } from './standing.ts'
import { texts } from './texts.ts'

/** What is around every screen. Who has no role, or not the right to the screen that the address names, is told so. */
export function Shell() {
  const known = standing.value.value
  const { screen: path } = place.value
  const screen = path === '' ? openScreens()[0] : screens.find((one) => one.path === path)
  useEffect(() => {
    if (path === '' && screen) stay(linkTo(screen.path))
  }, [path, screen])
  if (known === 'none') return <NoStaff />
  if (known === null)
    return (
      <main class="waiting">
        {standing.error.value ? <Failed error={standing.error.value} onRetry={standing.load} /> : <Skeleton rows={5} />}
      </main>
    )
  const isOpen = screen !== undefined && mayOne(screen.rights)
  return (
    <div class="console">
      <header class="top">
        <h1>{screen?.title ?? texts.signIn.title}</h1>
        <LineState />
      </header>
      <Menu current={screen} standing={known} />
      <main class={`page ${isOpen ? screen.path : 'no'}-page`}>
        {isOpen ? <ScreenPlace key={screen.path} screen={screen} /> : <Closed role={known.role} isKnown={!!screen} />}
      </main>
    </div>
  )
}

function Closed({ role, isKnown }: { role: keyof typeof texts.roles; isKnown: boolean }) {
  return (
    <div class="empty" role="alert">
      <p>{isKnown ? texts.noRight(texts.roles[role]) : texts.noScreen}</p>
      {isKnown && <p class="hint">{texts.noRightHint}</p>}
      <a class="second" href={linkTo('')}>
        {texts.toFirst}
      </a>
    </div>
  )
}

function NoStaff() {
  return (
    <main class="waiting">
      <h1>{metaOf('shop')}</h1>
      <div class="empty" role="alert">
        <p>{texts.noStaff}</p>
        <p class="hint">{texts.noStaffHint}</p>
        <button type="button" class="main" onClick={standing.load}>
          {shared.retry}
        </button>
        <a class="link" href="/">
          {texts.toDiner}
        </a>
        <button type="button" class="link" onClick={signOut}>
          {shared.signOut}
        </button>
      </div>
    </main>
  )
}
