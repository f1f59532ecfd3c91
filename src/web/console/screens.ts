import type { ComponentType } from 'preact'
import { texts as approvals } from './approvals/texts.ts'
import { texts as audit } from './audit/texts.ts'
import { texts as counter } from './counter/texts.ts'
import { texts as figures } from './figures/texts.ts'
import { texts as goods } from './goods/texts.ts'
import { texts as people } from './people/texts.ts'
import { texts as reviews } from './reviews/texts.ts'
import { mayOne } from './standing.ts'
import { texts as system } from './system/texts.ts'
import { texts as wheel } from './wheel/texts.ts'

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
  {
    path: 'counter',
    title: counter.title,
    rights: ['vouchers', 'member_codes'],
    icon: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M8 8h3v3H8zM13 13h3v3h-3zM13 8h3M8 13v3h2',
    load: async () => (await import('./counter/counter.tsx')).Counter,
  },
  {
    path: 'people',
    title: people.title,
    rights: ['members'],
    icon: 'M12 12.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8a7.5 7.5 0 0 1 15 0',
    load: async () => (await import('./people/people.tsx')).People,
  },
  {
    path: 'wheel',
    title: wheel.title,
    rights: ['wheel'],
    icon: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 0v18M3 12h18M5.6 5.6l12.8 12.8M18.4 5.6 5.6 18.4',
    load: async () => (await import('./wheel/wheel.tsx')).Wheel,
  },
  {
    path: 'goods',
    title: goods.title,
    rights: ['catalogue'],
    icon: 'M4 8h16l-1 12H5L4 8Zm4 0V7a4 4 0 0 1 8 0v1M9 12a3 3 0 0 0 6 0',
    load: async () => (await import('./goods/goods.tsx')).Goods,
  },
  {
    path: 'figures',
    title: figures.title,
    rights: ['statistics', 'own_figures'],
    icon: 'M4 20h16M7 16v-5M12 16V5M17 16v-8',
    load: async () => (await import('./figures/figures.tsx')).Figures,
  },
  {
    path: 'approvals',
    title: approvals.title,
    rights: ['approvals'],
    icon: 'M12 3 5 6v5c0 4.5 3 8 7 10 4-2 7-5.5 7-10V6l-7-3Zm-3 9 2 2 4-4',
    load: async () => (await import('./approvals/approvals.tsx')).Approvals,
  },
  {
    path: 'audit',
    title: audit.title,
    rights: ['audit'],
    icon: 'M6 3h9l3 3v15H6V3Zm3 6h6M9 13h6M9 17h3',
    load: async () => (await import('./audit/audit.tsx')).Audit,
  },
  {
    path: 'system',
    title: system.title,
    rights: ['system'],
    icon: 'M3 12h4l2.5-6 4 13 2.5-7h5',
    load: async () => (await import('./system/system.tsx')).System,
  },
]

/** The screens that the caller may see. */
export const openScreens = () => screens.filter(({ rights }) => mayOne(rights))
