DROP INDEX `exchange_records_created_at` ON `exchange_records`;--> statement-breakpoint
DROP INDEX `lottery_records_created_at` ON `lottery_records`;--> statement-breakpoint
DROP INDEX `upload_reviews_review_time` ON `upload_reviews`;--> statement-breakpoint
ALTER TABLE `upload_reviews` ADD `read_paid_at` varchar(19) CHARACTER SET ascii COLLATE ascii_bin;--> statement-breakpoint
ALTER TABLE `upload_reviews` ADD `read_merchant` varchar(100);--> statement-breakpoint
ALTER TABLE `upload_reviews` ADD `read_number` varchar(64);--> statement-breakpoint
ALTER TABLE `upload_reviews` ADD `reviewed_amount_fen` int;--> statement-breakpoint
ALTER TABLE `upload_reviews` ADD CONSTRAINT `upload_reviews_image_key` UNIQUE(`image_key`);--> statement-breakpoint
CREATE INDEX `lottery_records_prize` ON `lottery_records` (`prize_id`,`wheel_version`,`is_pity`,`points_cost`,`points_awarded`);--> statement-breakpoint
CREATE INDEX `upload_reviews_created_at` ON `upload_reviews` (`created_at`);--> statement-breakpoint
CREATE INDEX `upload_reviews_status_time` ON `upload_reviews` (`review_status`,`review_time`);--> statement-breakpoint
CREATE INDEX `upload_reviews_reviewer` ON `upload_reviews` (`reviewer_id`,`review_time`,`review_status`,`points_awarded`);--> statement-breakpoint
CREATE INDEX `upload_reviews_sha256` ON `upload_reviews` (`image_sha256`);--> statement-breakpoint
CREATE INDEX `upload_reviews_number` ON `upload_reviews` (`read_number`);--> statement-breakpoint
CREATE INDEX `users_created_at` ON `users` (`created_at`);--> statement-breakpoint
CREATE INDEX `exchange_records_created_at` ON `exchange_records` (`created_at`,`total_points`);--> statement-breakpoint
CREATE INDEX `lottery_records_created_at` ON `lottery_records` (`created_at`,`points_cost`);--> statement-breakpoint
CREATE INDEX `upload_reviews_review_time` ON `upload_reviews` (`review_time`,`review_status`,`points_awarded`,`created_at`);