"""A made-up book of any size, for measuring: written customer by customer, put into the database by COPY."""
