DROP INDEX `products_category` ON `products`;--> statement-breakpoint
DROP INDEX `points_records_created_at` ON `points_records`;