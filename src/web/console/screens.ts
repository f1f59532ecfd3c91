import type { ComponentType } from 'preact'
import { texts as reviews } from './reviews/texts.ts'
import { mayOne } from './standing.ts'

export interface Screen {
  /** Its name in the address. */
  path: string
  title: string
  /** Whoever has one of these rights sees it. */
  rights: readonly string[]
  /** The path of its icon, 24 by 24. */
  icon: string
  /** Loads what shows it, when it is opened first. */
  load: () => Promise<ComponentType>
}

/** Every screen, in the order of the menu. A phone's bar shows the first ones that the caller may see. */
export const screens: readonly Screen[] = [
  {
    path: 'reviews',
    title: reviews.title,
    rights: ['reviews'],
    icon: 'M6 3v18l2-1.4 2 1.4 2-1.4 2 1.4 2-1.4 2 1.4V3l-2 1.4L14 3l-2 1.4L10 3 8 4.4 6 3Zm3 9 2 2 4-4.5',
    load: async () => (await import('./reviews/reviews.tsx')).Reviews,
  },
]

/** The screens that the caller may see. */
export const openScreens = () => screens.filter(({ rights }) => mayOne(rights))
