import { decisionOn } from '../../approvals/decide.ts'
import { editProducts } from '../catalogue/edit-products.ts'
import { adjustByStaff } from '../counter/adjust.ts'
import { review } from '../reviews/review.ts'

/** The decisions about what waits, by its kind. */
export const decideReview = decisionOn(review)
export const decideCorrection = decisionOn(adjustByStaff)
export const decideEdits = decisionOn(editProducts)
