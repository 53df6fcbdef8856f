"""The events as an API: their schemas, the AsyncAPI document, and what may never change about them."""
