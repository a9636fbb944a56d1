"""SQL that migrations share: foreign keys over two columns, which keep `customer_id` true down a chain of tables."""

from django.db.migrations import RunSQL


def belongs_to_same_customer(table: str, column: str, parent: str) -> RunSQL:
    """(column, customer_id) of `table` must be (id, customer_id) of `parent`; moving the parent moves these."""
    name = f"{table}_{column}_same_customer"
    return RunSQL(
        f"alter table {table} add constraint {name} foreign key ({column}, customer_id)"
        f" references {parent} (id, customer_id) on update cascade deferrable initially deferred",
        f"alter table {table} drop constraint {name}",
    )
