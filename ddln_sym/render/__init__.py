"""What people see: LaTeX, HTML, the terminal, figures."""
