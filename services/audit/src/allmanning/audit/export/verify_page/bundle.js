/* style */ /* scripts */
