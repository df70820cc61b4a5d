"""What every room uses: settings, faults, files written whole, the warehouse, the command line."""
