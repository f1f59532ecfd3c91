import { render } from 'preact'
import { startLive } from '../shared/live.ts'
import { Notices } from '../shared/parts.tsx'
import { SignIn } from '../shared/sign-in.tsx'
import { tokens } from '../shared/tokens.ts'
import '../shared/base.css'
import './console.css'
import './counter/counter.css'
import './people/people.css'
import './approvals/approvals.css'
import './audit/audit.css'
import './reviews/reviews.css'
import './fields.css'
import './goods/goods.css'
import './wheel/wheel.css'
import './figures/figures.css'
import './system/system.css'
import 'uplot/dist/uPlot.min.css'
import { Shell } from './shell.tsx'
import { startStanding } from './standing.ts'
import { texts } from './texts.ts'

function Page() {
  return (
    <>
      {tokens.value === null ? <SignIn {...texts.signIn} /> : <Shell key={tokens.value.user_id} />}
      <Notices />
    </>
  )
}

startStanding()
startLive()
const root = document.getElementById('page')
if (root) render(<Page />, root)
