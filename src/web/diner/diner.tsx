import { render } from 'preact'
import { startLive } from '../shared/live.ts'
import { Notices } from '../shared/parts.tsx'
import { tokens } from '../shared/tokens.ts'
import '../shared/base.css'
import './diner.css'
import { startDraws } from './draws.ts'
import { Shell } from './shell.tsx'
import { SignIn } from './sign-in.tsx'
import { startState } from './state.ts'

function Page() {
  return (
    <>
      {tokens.value === null ? <SignIn /> : <Shell key={tokens.value.user_id} />}
      <Notices />
    </>
  )
}

startState()
startDraws()
startLive()
const place = document.getElementById('page')
if (place) render(<Page />, place)
