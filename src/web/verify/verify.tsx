import { render } from 'preact'
import '../shared/base.css'
import '../shared/checks.css'
import './verify.css'
import { followDrops, warmUp } from './desk.ts'
import { Page } from './page.tsx'

const place = document.getElementById('page')
if (place) {
  // A browser that saves the page may save what was on it as well.
  place.replaceChildren()
  render(<Page />, place)
  followDrops()
  setTimeout(warmUp)
}
