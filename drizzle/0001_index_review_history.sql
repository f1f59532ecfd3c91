ALTER TABLE `upload_reviews` ADD CONSTRAINT `upload_reviews_image_user` UNIQUE(`image_sha256`,`user_id`);--> statement-breakpoint
CREATE INDEX `upload_reviews_history` ON `upload_reviews` (`review_time`,`upload_id`);--> statement-breakpoint
ALTER TABLE `upload_reviews` DROP INDEX `upload_reviews_user_image`;--> statement-breakpoint
DROP INDEX `upload_reviews_sha256` ON `upload_reviews`;
