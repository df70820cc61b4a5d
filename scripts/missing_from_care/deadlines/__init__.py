"""When each request is due: the register, the models' answer, the table and the calendar."""
