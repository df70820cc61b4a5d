"""What has been published: an entry for each response, and the page that lists them."""
