"""Django put together: settings, addresses, and the worker process that serves one unlocked seat."""
