"""What is to be done: the screens of tasks, calls, phone messages and recalls."""
