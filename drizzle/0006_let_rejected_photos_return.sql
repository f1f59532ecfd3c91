ALTER TABLE `upload_reviews` ADD `resend` smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `upload_reviews` ADD CONSTRAINT `upload_reviews_image_send` UNIQUE(`image_sha256`,`user_id`,`resend`);--> statement-breakpoint
ALTER TABLE `upload_reviews` DROP INDEX `upload_reviews_image_user`;
