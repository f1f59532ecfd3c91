import { render } from 'preact'
import { startLive } from '../shared/live.ts'
import { Notices } from '../shared/parts.tsx'
import { SignIn } from '../shared/sign-in.tsx'
import { tokens } from '../shared/tokens.ts'
import '../shared/base.css'
import '../shared/checks.css'
import './diner.css'
import { startDraws } from './draws.ts'
import { Shell } from './shell.tsx'
import { startState } from './state.ts'
import { texts } from './texts.ts'

function Page() {
  return (
    <>
      {tokens.value === null ? <SignIn {...texts.signIn} /> : <Shell key={tokens.value.user_id} />}
      <Notices />
    </>
  )
}

startState()
startDraws()
startLive()
const place = document.getElementById('page')
if (place) render(<Page />, place)
