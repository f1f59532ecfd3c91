import { render } from 'preact'
import { Notices } from '../shared/parts.tsx'
import '../shared/base.css'
import './docs.css'
import { load } from './document.ts'
import { Page } from './page.tsx'

void load()
const root = document.getElementById('page')
if (root)
  render(
    <>
      <Page />
      <Notices />
    </>,
    root,
  )
